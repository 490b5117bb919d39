CREATE TABLE node_data (
  node_id VARCHAR(63) PRIMARY KEY,
  is_active BOOLEAN DEFAULT TRUE,
  subscription_plan VARCHAR(20),
  deployment_region VARCHAR(20)
);
INSERT INTO node_data VALUES
  ('acme-corp', true, 'enterprise', 'eu-west-1'),
  ('beta-inc', true, NULL, 'us-east-1'),
  ('old-co', false, 'basic', 'us-east-1');
