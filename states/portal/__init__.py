"""PortalRB: what the ministry's portal fetches of proposed units, and what is wrong with it beforehand."""
