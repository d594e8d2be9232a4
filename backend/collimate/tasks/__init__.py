"""The work of readers: tasks, their slots, leases, and the order of the queue."""
