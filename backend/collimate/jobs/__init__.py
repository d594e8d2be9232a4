"""Background work with a memory: the job table is the truth, Celery is only the bell."""
