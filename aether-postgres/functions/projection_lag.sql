CREATE OR REPLACE VIEW aether_projection_lag AS SELECT * FROM aether_projection_lags();
