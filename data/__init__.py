"""The store and the configuration: the only importer of sqlalchemy, the only reader of configuration."""
