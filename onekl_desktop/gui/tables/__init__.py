"""Tables: sortable, copyable, exportable."""
