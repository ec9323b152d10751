import pytest, time
from tests.web.builder import device, house, execute, rows
from tests.web.serving import served
from tests.web.proved import short_house, proved, changed
from dutyroom.store.proofs import Asked
pytestmark = pytest.mark.browser
def test_shots(browser, open_database):
    h = short_house(400)
    for a in (Asked(), Asked(2), Asked(evidence=True)):
        t=time.time(); c=time.process_time(); hand=proved(h, asked=a); print(a, 'wall', time.time()-t, 'cpu', time.process_time()-c)
    for r in rows("select missing, evidence, holes, length(result) l, covered_until, ends_at from store_proof where site_id=%s", h.site): print(r)
    execute("DELETE FROM store_channel WHERE person_id IN (SELECT person_id FROM store_duty WHERE site_id = %s AND role IN ('superior_duty', 'quality_safety_supervisor'))", h.site)
    b = h.browser("project_manager")
    for path in ('?missing=2','','?counts=answered'):
        t=time.time(); b.get(f"/plan/{h.code}/cover{path}"); print(path, time.time()-t)
    changed(h)
    with served() as address:
        for w in (360,1440):
                c = browser.new_context(locale='en-GB', viewport={'width':w,'height':800})
                c.add_cookies([{"name":"device","value":device(h,h.holder("project_manager")),"url":address}])
                p = c.new_page()
                for name, path in (('cover2', f'/plan/{h.code}/cover?missing=2'),('evid', f'/plan/{h.code}/cover?counts=answered'),('board','/board'),('duty','/duty')):
                    p.goto(address+path)
                    for s in p.query_selector_all("details:not([open]) > summary"): s.click()
                    p.screenshot(path=f'/tmp/w2/{name}-en-{w}.png', full_page=True)
                    print(name, w, p.evaluate("document.documentElement.scrollWidth"))
                c.close()
