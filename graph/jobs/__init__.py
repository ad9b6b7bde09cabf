"""Changes that are asked for over HTTP, as those who ask see them: tokens, orders, jobs and the queue.

Nothing here changes the graph. An order is put into a folder of its own, and a process that is started for it
(``graph/writing``) carries it out; what came of it stands in the same folder.
"""
