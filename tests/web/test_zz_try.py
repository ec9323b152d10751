import time, cProfile, pstats
from tests.web.proved import short_house, proved
def test_it(open_database):
    h = short_house(3)
    pr = cProfile.Profile(); t=time.process_time()
    pr.enable(); proved(h); pr.disable()
    print('cpu', time.process_time()-t)
    pstats.Stats(pr).sort_stats('cumtime').print_stats(28)
