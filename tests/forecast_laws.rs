//! Laws of forecasts.
