"""`python -m docs.making`: bring the made pages up to date."""

from docs.making import write_all

for name in write_all():
    print(name)
