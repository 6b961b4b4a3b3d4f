from wbe.reporting.monthly import ReportFiles as ReportFiles
from wbe.reporting.monthly import report as report

def __dir__() -> list[str]: ...
