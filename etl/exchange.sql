-- What is put aside in a warehouse before it is made anew from unit rows that came from elsewhere.

-- section: checks
drop table checks

-- section: doubtful_figures
drop table doubtful_figures

-- section: release
drop table release

-- section: units
drop table {table}

-- section: given
alter table {table}_given rename to {table}
