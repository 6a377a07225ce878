"""Quota cards (刷卡排污): accounts, charges, balances, reconciliation."""
