"""CMS families: family.py is the shape, one small module each holds one, order.py says which is asked first."""
