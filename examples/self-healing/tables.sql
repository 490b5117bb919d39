CREATE TABLE customers_of_record (customer_id VARCHAR(50) PRIMARY KEY, active BOOLEAN, replicas INT);
INSERT INTO customers_of_record VALUES ('acme-corp', true, 3);
