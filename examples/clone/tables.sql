CREATE TABLE fleet (
  customer_id VARCHAR(50) PRIMARY KEY,
  domain VARCHAR(255),
  environment VARCHAR(20),
  active BOOLEAN DEFAULT TRUE,
  replicas INT DEFAULT 2
);
INSERT INTO fleet (customer_id, domain, environment, replicas) VALUES
  ('acme-corp', 'acme.example.com', 'prod', 5),
  ('globex', 'globex.example.com', 'prod', 3);
