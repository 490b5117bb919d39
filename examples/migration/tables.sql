CREATE TABLE nodes (node_id VARCHAR(63) PRIMARY KEY, is_active BOOLEAN, region VARCHAR(20), replicas INT);
INSERT INTO nodes VALUES ('acme-corp', false, 'us-east-1', 5);
