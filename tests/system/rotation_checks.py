"""What must hold in a store after a kill, whatever happened before. R1 to R10 are the rules of docs/rotation.md."""


def check_facts(test, facts, replay):
    """One look at the store."""
    for key in replay.keys.values():  # of these the log tells the time only nearly
        adopt_sightings(key, facts.keys.get(key.id), replay)
    test.assertEqual(set(facts.keys), set(replay.keys), "R10: the keys are those that the audit log tells of")
    for key in facts.keys.values():
        told = replay.keys[key.id]
        test.assertTrue(key == told, f"R10: the facts are what the audit log tells\n{key}\nby the log: {told}")
        check_key(test, key, replay.policy)
        kept = {pair.number for pair in key.pairs() if pair.destroyed_at is None}
        test.assertEqual(facts.secrets[key.id], kept, f"R9: private keys are there until they are destroyed: {key}")
        test.assertGreater(facts.versions[key.id], replay.changes[key.id], "every change counts the version up")
    labels = list(facts.labels.values())
    test.assertEqual(len(labels), len(set(labels)), "R8: no label twice")
    test.assertLessEqual(set(labels), facts.issued, "R8: what is in use was issued")


def adopt_sightings(key, stored, replay):
    for mine, theirs in zip(key.pairs(), stored.pairs() if stored else []):
        if (key.id, mine.number) in replay.seen_by_order and theirs.visible_at in (mine.visible_at, mine.visible_at - 1):
            mine.visible_at = theirs.visible_at


def check_key(test, key, policy):
    test.assertEqual(len(key.signing_pairs()), 1 if key.is_active() else 0, f"R1: one pair signs, or none: {key}")
    for pair in key.pairs():
        if pair.signing_since is not None:
            test.assertIsNotNone(pair.visible_at, "R2: it was visible")
            test.assertLessEqual(pair.visible_at, pair.signing_since, "R2: it was visible before")
        if pair.signs():
            test.assertIsNone(pair.destroyed_at, "R9: what signs is there")
            test.assertIsNone(pair.revoked_at, "R3: what signs has its record")
    for slot in key.slots:
        for before, after in zip(slot.pairs, slot.pairs[1:]):
            if before.signing_since is not None and before.revoked_at is None:
                test.assertGreaterEqual(after.published_at - before.retired_at, policy.shortest_retention(),
                                        "R3: the record stays while mail may need it")


def check_growth(test, before, after, moves):
    """Two looks, between which so many changes of records were made."""
    test.assertLessEqual(before.issued, after.issued, "R8: what was issued stays issued")
    test.assertGreaterEqual(after.serial, before.serial + moves, "R6: every published change moves the serial")
    test.assertEqual(after.event_count, before.event_count + len(after.events), "the audit log only grows")
    for place, label in before.labels.items():
        test.assertEqual(after.labels.get(place, label), label, "a slot keeps its label")


def check_acknowledged(test, operator, facts, replay):
    """What somebody was told before the kill. Returns what became of the order that was not answered."""
    test.assertEqual(operator.wrong, [], "answers that must not be")
    # A look that finds what was known is no event.
    done = [(event.action, event.domain) for event in facts.events
            if event.actor == "operator" and event.action != "verify"]
    told = [(order.action, order.domain) for order in operator.acknowledged if order.action != "verify"]
    in_flight = [(order.action, order.domain) for order in [operator.in_flight] if order and order.action != "verify"]
    test.assertIn(done, (told, told + in_flight), "every acknowledged order was followed once, and no other")
    test.assertGreaterEqual(facts.serial, operator.serial, "R6: not behind what was told")
    for pair in operator.signed:
        test.assertIn(pair, replay.has_signed, "what signed mail was the signing pair")
    stored = {event.number: (event.action, event.key, event.detail) for event in facts.events}
    for number, event in operator.seen_events.items():
        test.assertEqual(stored.get(number), event, "a step that was told is there")
    if not in_flight:
        return "none"
    return "done" if len(done) > len(told) else "not done"
