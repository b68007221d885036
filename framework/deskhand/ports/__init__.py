"""The seams: small Protocols, named by need. The adapters' folders are their plurals."""
