-- Why a figure or a ceiling is disturbed, and the evidence as JSON; both absent in older results.

ALTER TABLE measurements ADD COLUMN disturbed VARCHAR;
ALTER TABLE measurements ADD COLUMN conditions VARCHAR;
ALTER TABLE ceilings ADD COLUMN disturbed VARCHAR;
ALTER TABLE ceilings ADD COLUMN conditions VARCHAR;
