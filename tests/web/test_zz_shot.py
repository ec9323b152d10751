import pytest, time
from tests.web.builder import device, house, execute
from tests.web.serving import served
from tests.web.proved import short_house, proved
from dutyroom.store.proofs import Asked
pytestmark = pytest.mark.browser
def test_shots(browser, open_database):
    h = short_house(40)
    t=time.time(); proved(h); print('proof', time.time()-t)
    t=time.time(); proved(h, asked=Asked(evidence=True)); print('evid', time.time()-t)
    with served() as address:
        for lang in ('zh-CN','en-GB'):
            for w in (360,1440):
                c = browser.new_context(locale=lang, viewport={'width':w,'height':800})
                c.add_cookies([{"name":"device","value":device(h,h.holder("project_manager")),"url":address}])
                p = c.new_page(); p.goto(f"{address}/plan/{h.code}/cover")
                p.screenshot(path=f'/tmp/w2/cover-{lang[:2]}-{w}.png', full_page=True)
                print(p.evaluate("document.documentElement.scrollWidth"))
                c.close()
