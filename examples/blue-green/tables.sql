CREATE TABLE deployments (
  customer_id VARCHAR(50) PRIMARY KEY,
  active BOOLEAN DEFAULT TRUE,
  active_version VARCHAR(10)
);
INSERT INTO deployments VALUES ('acme-corp', true, 'blue');
