CREATE TABLE tenants (id VARCHAR(50) PRIMARY KEY, active BOOLEAN DEFAULT TRUE, message VARCHAR(100));
INSERT INTO tenants VALUES ('acme', true, 'one-time setup');
