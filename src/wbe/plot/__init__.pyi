from wbe.plot.cartogram import tiles as tiles
from wbe.plot.contributions import contributions as contributions
from wbe.plot.dots import interval as interval
from wbe.plot.dots import ranks as ranks
from wbe.plot.factors import calibration as calibration
from wbe.plot.factors import forest as forest
from wbe.plot.fonts import style as style
from wbe.plot.headline import city as city
from wbe.plot.judged import alert_timeline as alert_timeline
from wbe.plot.judged import change_matrix as change_matrix
from wbe.plot.judged import forecast_scores as forecast_scores
from wbe.plot.judged import levels as levels
from wbe.plot.judged import power_curves as power_curves
from wbe.plot.judged import rank_probabilities as rank_probabilities
from wbe.plot.origins import enantiomers as enantiomers
from wbe.plot.origins import origin_shares as origin_shares
from wbe.plot.origins import ratios as ratios
from wbe.plot.origins import substances as substances
from wbe.plot.series import trends as trends
from wbe.plot.sewers import sewer as sewer
from wbe.plot.triangulation import triangulation as triangulation

def __dir__() -> list[str]: ...
