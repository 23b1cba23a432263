-- Run once, by the image of PostgreSQL, on an empty volume: the service gets a database and a user that owns no more than
-- that, and the superuser, whose password it was until now, can be used inside the container only.
\set ON_ERROR_STOP on
\getenv password POSTGRES_PASSWORD
create role offerbook login password :'password';
create database offerbook owner offerbook;
revoke connect, temporary on database offerbook from public;
alter role postgres password null;
