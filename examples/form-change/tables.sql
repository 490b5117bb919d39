CREATE TABLE shops (id VARCHAR(50) PRIMARY KEY, active BOOLEAN DEFAULT TRUE);
INSERT INTO shops (id) VALUES ('books'), ('garden'), ('music');
