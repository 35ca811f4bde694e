"""The official files of the Base de données publique des médicaments (BDPM), read into specialities. Pure.

Source of the format: «Contenu et format des fichiers téléchargeables dans la base de données publique des médicaments»
(ANSM), and the files of July 2025 themselves. Licence of the data: Licence Ouverte 2.0.
"""

from ordonum.wire.bdpm.assembling import Reading, read
from ordonum.wire.bdpm.rows import FILES, BdpmRefused
from ordonum.wire.bdpm.shrinking import check_not_shrunk

SOURCE = "Base de données publique des médicaments (ANSM, HAS, UNCAM), Licence Ouverte 2.0"

__all__ = ["FILES", "SOURCE", "BdpmRefused", "Reading", "check_not_shrunk", "read"]
