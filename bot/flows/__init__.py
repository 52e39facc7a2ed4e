"""One class a flow; its fields are its dependencies; async."""
