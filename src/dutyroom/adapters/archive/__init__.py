"""A closed case as a package that anyone can keep and check, without us, for as long as there are hashes.

* `package.py`: what goes in, as a value; `contents.py`: which file each part becomes;
* `bag.py`: the container, a BagIt 1.0 bag (RFC 8493) and its one canonical zip;
* `writer.py`: renders, seals and writes, all or nothing;
* `verifier.py`: checks every byte, offline; it imports neither database, Django nor the writer.

The format is described in docs/reference/archive-format.md.
"""
