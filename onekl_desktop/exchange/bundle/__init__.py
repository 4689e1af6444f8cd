"""The bundle: GeoPackage, GeoJSON, CSV and a manifest with checksums, in one zip file."""
