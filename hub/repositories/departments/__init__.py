"""Departments, their keys, their submissions and what they are told."""
