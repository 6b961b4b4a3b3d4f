from wbe import alert as alert
from wbe import answer as answer
from wbe import censored as censored
from wbe import conversion as conversion
from wbe import design as design
from wbe import disclosure as disclosure
from wbe import errors as errors
from wbe import exchange as exchange
from wbe import factors as factors
from wbe import levels as levels
from wbe import origin as origin
from wbe import people as people
from wbe import plot as plot
from wbe import population as population
from wbe import quality as quality
from wbe import samples as samples
from wbe import sewer as sewer
from wbe import testing as testing
from wbe import triangulate as triangulate
from wbe import uncertainty as uncertainty
from wbe import units as units
from wbe import vocabulary as vocabulary
from wbe.alert import alerts as alerts
from wbe.errors import WbeError as WbeError
from wbe.errors import WbeWarning as WbeWarning
from wbe.estimation import Estimate as Estimate
from wbe.estimation import estimate as estimate
from wbe.exchange import form as form
from wbe.exchange import read_loads as read_loads
from wbe.quality import check as check
from wbe.ranking import rank as rank
from wbe.reading import propose_mapping as propose_mapping
from wbe.reading import read_samples as read_samples
from wbe.reading import sample_data as sample_data
from wbe.reporting import report as report
from wbe.trends import changes as changes
from wbe.trends import trend as trend
from wbe.units import quantity as quantity

__version__: str

def __dir__() -> list[str]: ...
