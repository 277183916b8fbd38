"""A pure reader: bytes of a CSV file or a workbook to typed rows and problems.

Knows neither Flask, nor SQL, nor the marketplace: nothing here is stored, looked up or decided.
"""

from catalog_import.amounts import TaxRate
from catalog_import.columns import Column, columns_of
from catalog_import.counties import CountyRow, CountySheet, read_counties
from catalog_import.decoding import Decoded, decode
from catalog_import.listings import (
    ListingReading,
    ListingRow,
    ListingSheet,
    as_read,
    open_listings,
    read_listings,
    reading_of,
    required_fields,
)
from catalog_import.mapping import Mapping, read_mapping
from catalog_import.opening import open_table, read_table
from catalog_import.people import PeopleSheet, PersonRow, read_people
from catalog_import.pictures import PictureArchive
from catalog_import.problems import Problem, UnreadableFile
from catalog_import.rows import PartialRow, ReadRow
from catalog_import.safety import safe_cell
from catalog_import.shipments import ShipmentRow, ShipmentSheet, read_shipments
from catalog_import.staff import (
    EmployeeRow,
    EmployeeSheet,
    OrganisationRow,
    OrganisationSheet,
    read_employees,
    read_organisations,
)
from catalog_import.statements import BankRow, BankSheet, Layout, layouts, read_statement
from catalog_import.table import Limits, OpenTable, Table, TableRow
from catalog_import.wanted import Wanted
from catalog_import.words import Lang
from catalog_import.writing import Cell, template_csv, write_csv

__all__ = [
    "BankRow",
    "BankSheet",
    "Cell",
    "Column",
    "CountyRow",
    "CountySheet",
    "Decoded",
    "EmployeeRow",
    "EmployeeSheet",
    "Lang",
    "Layout",
    "Limits",
    "ListingReading",
    "ListingRow",
    "ListingSheet",
    "Mapping",
    "OpenTable",
    "OrganisationRow",
    "OrganisationSheet",
    "PartialRow",
    "PeopleSheet",
    "PersonRow",
    "PictureArchive",
    "Problem",
    "ReadRow",
    "ShipmentRow",
    "ShipmentSheet",
    "Table",
    "TableRow",
    "TaxRate",
    "UnreadableFile",
    "Wanted",
    "as_read",
    "columns_of",
    "decode",
    "layouts",
    "open_listings",
    "open_table",
    "read_counties",
    "read_employees",
    "read_listings",
    "read_mapping",
    "read_organisations",
    "read_people",
    "read_shipments",
    "read_statement",
    "read_table",
    "reading_of",
    "required_fields",
    "safe_cell",
    "template_csv",
    "write_csv",
]
