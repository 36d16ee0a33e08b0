"""Units of measure: an algebra over what people write behind their numbers, and the unit of every expression.

A unit is a product of rational powers of symbols: base units and what is derived from them (`kg`, `h`, `kWh`),
currencies (`$`, `EUR`), counts (`item`) and words of the user's own (`truck`, `fire station`). Nothing is converted in
silence: `checks/units.py` tells where units differ and with which factor they would agree.
"""
