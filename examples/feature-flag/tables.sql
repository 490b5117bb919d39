CREATE TABLE flagged_customers (customer_id VARCHAR(50) PRIMARY KEY, active BOOLEAN DEFAULT TRUE);
CREATE TABLE feature_flags (
  customer_id VARCHAR(50),
  feature VARCHAR(50),
  enabled BOOLEAN
);
CREATE VIEW customers_with_features AS
  SELECT c.*, EXISTS (
    SELECT 1 FROM feature_flags f
    WHERE f.customer_id = c.customer_id AND f.feature = 'ai-assistant' AND f.enabled
  ) AS ai_assistant
  FROM flagged_customers c;
INSERT INTO flagged_customers (customer_id) VALUES ('acme-corp'), ('globex');
