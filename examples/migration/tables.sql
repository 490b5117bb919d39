CREATE TABLE nodes (node_id VARCHAR(63) PRIMARY KEY, is_active BOOLEAN, region VARCHAR(20));
INSERT INTO nodes VALUES ('acme-corp', false, 'us-east-1');
