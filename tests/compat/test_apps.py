"""pytest-django and pytest-flask, each with a small real application."""

from __future__ import annotations

from ..plugin.checks import needs
from .conftest import blamed, calls

DJANGO = {
    "site_settings.py": """
        SECRET_KEY = "of no use"
        INSTALLED_APPS = ["django.contrib.contenttypes", "django.contrib.auth", "books"]
        DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
        ROOT_URLCONF = "books.urls"
        ALLOWED_HOSTS = ["*"]
        USE_TZ = True
        DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
        """,
    "books/__init__.py": "",
    "books/models.py": """
        from django.db import models


        class Book(models.Model):
            title = models.CharField(max_length=80)
            pages = models.IntegerField(default=0)

            def reading_hours(self):
                return self.pages / 30 + 1
        """,
    "books/views.py": """
        from django.http import JsonResponse

        from books.models import Book


        def find(title):
            return Book.objects.filter(title=title).first()


        def hours(request, title):
            book = find(title)
            return JsonResponse({"title": book.title, "hours": book.reading_hours()})
        """,
    "books/urls.py": """
        from django.urls import path

        from books import views

        urlpatterns = [path("hours/<str:title>/", views.hours)]
        """,
    "test_books.py": """
        import pytest
        from django.test import TestCase

        from books.models import Book


        @pytest.fixture
        def book(db):
            return Book.objects.create(title="Emma", pages=300)


        def test_model(book):
            assert book.reading_hours() == 10


        def test_view(client, book):
            assert client.get("/hours/Emma/").json() == {"title": "Emma", "hours": 10}


        def test_missing(client, book):
            assert client.get("/hours/Ulysses/").status_code == 404


        def test_queries(book, django_assert_num_queries):
            with django_assert_num_queries(1):
                assert Book.objects.count() == 1


        @pytest.mark.django_db
        def test_isolated():
            assert Book.objects.count() == 0


        def test_without_database():
            Book.objects.count()


        class TestBook(TestCase):
            @classmethod
            def setUpTestData(cls):
                cls.book = Book.objects.create(title="Emma", pages=30)

            def test_short(self):
                self.assertEqual(self.book.reading_hours(), 1)
        """,
}


@needs("pytest_django")
def test_django(project, lives):
    """Queries are counted as without us: nothing looks at a model's fields or a query set."""
    project.write(DJANGO).ini("DJANGO_SETTINGS_MODULE = site_settings", "pythonpath = .")
    run = lives(plugins=("django",))
    assert run.counts == {"failed": 5, "passed": 2}
    assert blamed(run, "::test_model") == "Book.reading_hours"
    assert blamed(run, "TestBook::test_short") == "Book.reading_hours"
    assert calls(run, "::test_missing", "find")
    assert blamed(run, "::test_missing") in ("find", "hours")


FLASK = {
    "notes/__init__.py": """
        from flask import Flask, abort, jsonify, request

        from notes.store import Store


        def create_app():
            app = Flask(__name__)
            app.store = Store()

            @app.get("/notes/<int:number>")
            def read(number):
                note = app.store.find(number)
                return jsonify(text=note["text"], words=app.store.words(note))

            @app.post("/notes")
            def write():
                return jsonify(number=app.store.add(request.get_json()["text"])), 201

            return app
        """,
    "notes/store.py": """
        class Store:
            def __init__(self):
                self.notes = {}

            def add(self, text):
                self.notes[len(self.notes)] = {"text": text}
                return len(self.notes)

            def find(self, number):
                return self.notes.get(number)

            def words(self, note):
                return len(note["text"].split())
        """,
    "conftest.py": """
        import pytest

        from notes import create_app


        @pytest.fixture
        def app():
            app = create_app()
            app.testing = True
            return app
        """,
    "test_notes.py": """
        def test_write(client):
            assert client.post("/notes", json={"text": "a b"}).status_code == 201


        def test_read(client, app):
            number = client.post("/notes", json={"text": "a b"}).json["number"]
            assert client.get(f"/notes/{number}").json == {"text": "a b", "words": 2}


        def test_number(client):
            assert client.post("/notes", json={"text": "a"}).json == {"number": 0}


        def test_words(app):
            assert app.store.words({"text": "a  b"}) == 2
        """,
}


@needs("pytest_flask")
def test_flask(project, lives):
    project.write(FLASK).ini("pythonpath = .")
    run = lives(plugins=("flask",))
    assert run.counts["failed"] == 2
    assert calls(run, "::test_read", "Store.find")[0]["args"]
    assert blamed(run, "::test_number") == "Store.add"
    assert any(
        one["function"].startswith("Store.") for one in run.failure("::test_read")["suspects"]
    )
