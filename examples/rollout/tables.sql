CREATE TABLE rolled_customers (
  customer_id VARCHAR(50) PRIMARY KEY,
  active BOOLEAN DEFAULT TRUE,
  plan VARCHAR(20) DEFAULT 'basic'
);
INSERT INTO rolled_customers (customer_id, plan) VALUES
  ('ourselves', 'internal'),
  ('acme-corp', 'basic'),
  ('globex', 'basic'),
  ('initech', 'enterprise');
