// How customers' DNS is seen: what the configuration's files and addresses become, or why not.
#include "service/customer_view.hpp"

#include <catch2/catch.hpp>
#include <fstream>

#include "base/random.hpp"
#include "dns/stub_resolver.hpp"
#include "tests/support/temporary_directory.hpp"

namespace custdkim::test {

namespace {

struct Views {
    TemporaryDirectory directory;
    SystemRandom random;

    std::filesystem::path hints() {
        std::ofstream(directory / "root.hints")
            << ". 3600000 NS a.root.test.\na.root.test. 3600000 A 127.0.0.9\n";
        return directory / "root.hints";
    }
    std::unique_ptr<CustomerView> open(const ActivationConfig& config) {
        return CustomerView::open(config, random).value();
    }
};

bool takes_resolvers_word(CustomerView& view) {
    return dynamic_cast<dns::StubResolver*>(&view.resolver()) != nullptr;
}

}  // namespace

TEST_CASE("Without resolvers the view begins at the root's servers") {
    Views views;
    const auto view = views.open({});
    CHECK_FALSE(takes_resolvers_word(*view));
    CHECK_FALSE(view->roots().empty());
    for (const dns::ServerAddress& root : view->roots()) CHECK(root.port == 53);
}

TEST_CASE("With resolvers the view is theirs, and no root is asked") {
    Views views;
    ActivationConfig config;
    config.resolvers = {{"127.0.0.1", 5300}};
    const auto view = views.open(config);
    CHECK(takes_resolvers_word(*view));
    CHECK(view->roots().empty());
}

TEST_CASE("With a trust anchor, what resolvers say is validated") {
    Views views;
    std::ofstream(views.directory / "root.key")
        << ". IN DS 20326 8 2 E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D\n";
    ActivationConfig config;
    config.resolvers = {{"127.0.0.1", 5300}};
    config.trust_anchor = views.directory / "root.key";
    CHECK_FALSE(takes_resolvers_word(*views.open(config)));
}

TEST_CASE("Root hints say where the root is, at the configured port") {
    Views views;
    ActivationConfig config;
    config.root_hints = views.hints();
    config.allow = {"127.0.0.0/8"};
    config.port = 5353;
    CHECK(views.open(config)->roots() == std::vector<dns::ServerAddress>{{"127.0.0.9", 5353}});
    config.resolvers = {{"127.0.0.1", 5300}};
    CHECK(views.open(config)->roots() == std::vector<dns::ServerAddress>{{"127.0.0.9", 5353}});
}

TEST_CASE("A file that is not there is named") {
    Views views;
    ActivationConfig hints, anchor;
    hints.root_hints = views.directory / "no.hints";
    anchor.trust_anchor = views.directory / "no.key";
    for (const ActivationConfig& config : {hints, anchor}) {
        const auto view = CustomerView::open(config, views.random);
        REQUIRE_FALSE(view.has_value());
        CHECK(view.error().detail.find(views.directory.path().string()) != std::string::npos);
    }
}

TEST_CASE("The deadlines, the strictness and the port are the configuration's") {
    ActivationConfig config;
    config.strict = true;
    config.deadline = Duration(3);
    config.diagnosis_deadline = Duration(4);
    config.port = 5353;
    const activation::Settings settings = look_settings(config);
    CHECK(settings.strict);
    CHECK(settings.deadline == std::chrono::seconds(3));
    CHECK(settings.diagnosis == std::chrono::seconds(4));
    CHECK(settings.port == 5353);
}

}  // namespace custdkim::test
