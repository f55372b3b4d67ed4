"""Webhooks, to a receiver that fails, stalls, drops connections and is away, with kill -9 of the service between:
every event arrives at least once, in order, with a good signature."""

import subprocess
import unittest

from scrape import scrape
from webhook_receiver import SECOND_SECRET, SECRET, Receiver, signed
from world import HOST, ONE_ZONE, WorldTest, free_port, wait_until

UNCHECKED = ONE_ZONE + '[activation]\ncheck = "unchecked"\n'


class WebhookTest(WorldTest):
    def make(self, url, events='["create"]', secrets=SECRET, more=""):
        self.world = type(self).make_world(UNCHECKED)
        with self.world.config.open("a") as config:
            config.write(f'[[webhook]]\nname = "pager"\nurl = "{url}"\nevents = {events}\n'
                         f'secret_file = "webhook.secret"\ntimeout = "1s"\n{more}\n')
        self.world.write("webhook.secret", secrets + "\n", mode=0o600)
        return self.world.start_custdkim()

    def receiver(self, *arguments, **options):
        receiver = Receiver(*arguments, **options)
        self.addCleanup(receiver.close)
        return receiver

    def create(self, count, prefix):
        for number in range(count):
            self.world.create_key(f"{prefix}{number}.example")

    def created(self):
        """Numbers of the events that must arrive."""
        events = self.world.call("GET", "/v1/events?limit=1000")[1]["events"]
        return [event["number"] for event in events if event["action"] == "create"]

    def test_every_event_arrives_in_order_although_everything_goes_wrong(self):
        receiver = self.receiver(plan=[500, "drop", "redirect", "stall", 200, 404, 200])
        daemon = self.make(f"http://{HOST}:{receiver.port}/hook?secret=receivers-own")
        self.create(4, "first")
        wait_until(lambda: len(receiver.attempts) >= 5, "failures were tried again")
        daemon.kill()
        receiver.may_go_on.set()
        daemon = self.world.start_custdkim()
        self.create(3, "second")
        wait_until(lambda: len(set(receiver.numbers())) == 7, "all seven have arrived")
        wanted = self.created()
        seen = list(dict.fromkeys(receiver.numbers()))  # the first time of each
        self.assertEqual(seen, wanted)
        for message in receiver.attempts:
            self.assertEqual(message["method"], "POST")
            self.assertTrue(signed(message, SECRET))
            self.assertFalse(signed(message, SECOND_SECRET))
            self.assertEqual(message["event"]["type"], "create")
        ids = {message["id"]: message["octets"] for message in receiver.taken}
        self.assertEqual(len(ids), 7)  # what comes twice has the same id, and the same octets
        for message in receiver.attempts:
            self.assertEqual(ids[message["id"]], message["octets"])
        wait_until(lambda: scrape(self.world).value("custdkim_webhook_lag_seconds", webhook="pager") == 0, "no lag")
        for log in (daemon.log(), scrape(self.world).text):
            self.assertNotIn("receivers-own", log)
            self.assertNotIn(SECRET, log)

    def test_a_receiver_that_stalls_holds_up_nothing_else(self):
        receiver = self.receiver(plan=["stall"] * 100)
        self.make(f"http://{HOST}:{receiver.port}/", events='["*"]')
        key = self.world.create_key("busy.example")
        wait_until(lambda: receiver.attempts, "it stalls")
        key = self.world.settled_key(key["id"])
        self.assertEqual(self.world.call("POST", f"/v1/keys/{key['id']}/activate")[0], 200)
        wait_until(lambda: scrape(self.world).value("custdkim_webhook_attempts_total", webhook="pager",
                                                    outcome="failed") >= 2, "attempts end by themselves")
        self.assertEqual(receiver.taken, [])
        self.assertEqual(self.world.programs[-1].stop(), 0)

    def test_what_was_missed_comes_once_the_receiver_is_back_and_once_custdkim_was_restarted(self):
        receiver = self.receiver(plan=[503] * 1000)
        daemon = self.make(f"http://{HOST}:{receiver.port}/")
        self.create(120, "missed")
        wait_until(lambda: len(receiver.attempts) >= 2, "it was tried")
        daemon.kill()
        receiver.plan.clear()
        self.world.start_custdkim()
        wait_until(lambda: len(receiver.numbers()) >= 120, "all of them have arrived")
        self.assertEqual(receiver.numbers(), self.created())

    def test_while_a_secret_changes_both_are_good(self):
        receiver = self.receiver()
        self.make(f"http://{HOST}:{receiver.port}/", secrets=f"{SECOND_SECRET}\n{SECRET}")
        self.create(1, "twice")
        wait_until(lambda: receiver.taken, "it has arrived")
        for secret in (SECRET, SECOND_SECRET):
            self.assertTrue(signed(receiver.taken[0], secret))

    def test_only_who_can_prove_to_be_the_receiver_gets_anything(self):
        self.world = type(self).make_world(UNCHECKED)
        certificate, key = self.world.directory / "tls.crt", self.world.directory / "tls.key"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                        "-keyout", key, "-out", certificate, "-days", "1", "-subj", "/CN=receiver",
                        "-addext", f"subjectAltName=IP:{HOST}"], check=True, capture_output=True)
        receiver = self.receiver(tls=(certificate, key))
        daemon = self.make(f"https://{HOST}:{receiver.port}/")
        self.create(1, "secure")
        wait_until(lambda: "a webhook did not take an event" in daemon.log(), "it is not trusted")
        self.assertEqual(receiver.attempts, [])
        daemon.stop()
        self.world.change_config('timeout = "1s"', f'timeout = "1s"\nca_file = "{certificate}"')
        self.world.start_custdkim()
        wait_until(lambda: receiver.taken, "it is trusted")
        self.assertTrue(signed(receiver.taken[0], SECRET))

    def test_a_trial_is_sent_at_once_and_tells_what_was_answered(self):
        receiver = self.receiver(plan=[204, 500])
        self.make(f"http://name:password@{HOST}:{receiver.port}/hook?secret=receivers-own", events='["hold"]')
        self.assertEqual(self.world.call("POST", "/v1/webhooks/pager/test"),
                         (200, {"webhook": "pager", "delivered": True, "status": 204, "reason": ""}))
        self.assertEqual(receiver.attempts[0]["event"]["type"], "test")
        self.assertTrue(signed(receiver.attempts[0], SECRET))
        self.assertEqual(self.world.call("POST", "/v1/webhooks/pager/test")[1]["delivered"], False)
        self.assertEqual(self.world.call("POST", "/v1/webhooks/another/test")[0], 404)
        [webhook] = self.world.call("GET", "/v1/webhooks")[1]["webhooks"]
        self.assertEqual(webhook["origin"], f"http://{HOST}:{receiver.port}")
        self.assertEqual(webhook["events"], ["hold"])

    def test_configurations_that_are_not_right_are_refused(self):
        self.make(f"http://{HOST}:{free_port()}/")
        for old, new, complaint in (
                ("http://127.0.0.1", "http://192.0.2.1", "must be https://"),
                ('["create"]', '["creat"]', "did you mean 'create'?"),
                ('name = "pager"', 'name = "Pager"', "1 to 40 of a-z"),
                ('timeout = "1s"', 'timeout = "2m"', "from 1s to 60s"),
                ('secret_file = "webhook.secret"', 'secret_file = "token"', "whsec_")):
            self.world.change_config(old, new)
            checked = self.world.run("check-config", "--config", self.world.config)
            self.assertEqual(checked.returncode, 2, complaint)
            self.assertIn(complaint, checked.stderr)
            self.world.change_config(new, old)


if __name__ == "__main__":
    unittest.main()
