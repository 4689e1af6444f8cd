"""The project file: one GeoPackage that SQLite, GDAL and QGIS all read."""
