CREATE TABLE tenant_databases (id VARCHAR(50) PRIMARY KEY, active BOOLEAN DEFAULT TRUE);
INSERT INTO tenant_databases (id) VALUES ('acme');
