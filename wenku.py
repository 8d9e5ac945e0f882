"""The command line of 衡阳文库."""
