"""The pages: server-rendered HTML over the services, plain forms first."""
