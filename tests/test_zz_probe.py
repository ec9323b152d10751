import pytest
@pytest.mark.django_db
def test_a():
    from django.db import connection
    with connection.cursor() as c:
        c.execute("select current_user, current_database(), (select count(*) from django_migrations)"); print(c.fetchone())
@pytest.mark.browser
def test_b(browser):
    p=browser.new_page(); p.set_content("<h1>值班</h1>"); assert p.inner_text("h1")=="值班"
def test_c(settings): print(settings.DATA_FOLDER)
