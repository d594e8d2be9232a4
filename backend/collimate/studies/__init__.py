"""Images come in, are made safe, and are served: studies, series, instances, quarantine."""
