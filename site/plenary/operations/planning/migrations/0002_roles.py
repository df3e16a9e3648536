"""Makes the roles. Django creates permissions only after all migrations, so on a fresh database they are created here first."""

from django.contrib.auth.management import create_permissions
from django.contrib.contenttypes.management import create_contenttypes
from django.db import migrations

from plenary.operations.planning import roles


def install(apps, schema_editor):
    using = schema_editor.connection.alias
    for app in apps.get_app_configs():
        # Both functions skip an app without a models module, and the apps of a migration's state have none.
        app.models_module = True
        create_contenttypes(app, apps=apps, verbosity=0, using=using)
        create_permissions(app, apps=apps, verbosity=0, using=using)
        app.models_module = None
    roles.install(apps)


class Migration(migrations.Migration):
    dependencies = [
        ("planning", "0001_initial"),
        ("core", "0001_initial"),
        ("events", "0001_initial"),
        ("registration", "0001_initial"),
        ("checkin", "0001_initial"),
        ("publicity", "0001_initial"),
        ("portal", "0001_initial"),
        ("wagtailcore", "0098_apitoken"),
        ("wagtailadmin", "0001_create_admin_access_permissions"),
        ("wagtailimages", "0027_image_description"),
        ("wagtaildocs", "0014_alter_document_file_size"),
        ("wagtail_localize", "0016_rename_page_revision_translationlog_revision"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    # Roles stay when the migration is undone: people are in them.
    operations = [migrations.RunPython(install, migrations.RunPython.noop, elidable=False)]
