"""Microsoft Teams: personal chat, dialogs, and the desk's and the sites' channels."""
