#include "api/record_page.hpp"

#include <nlohmann/json.hpp>

namespace custdkim::api {

using nlohmann::ordered_json;

namespace {

// Takes what fits on the page from a list.
class PageSink final : public RecordSink {
  public:
    explicit PageSink(const PageRequest& request) : request_(request) {}

    void add(const RecordView& record) override {
        if (record.type.empty() || is_full_) return;  // no empty non-terminals
        is_full_ = record.owner != last_ && page_is_full();
        if (is_full_) return;
        last_ = record.owner;
        octets_ += record.owner.size() + record.content.size();
        records_.push_back({{"name", record.owner},
                            {"ttl", record.ttl_seconds},
                            {"type", record.type},
                            {"content", record.content}});
    }

    bool is_full() const override { return is_full_; }

    ordered_json take_records() { return std::move(records_); }
    ordered_json next() const { return is_full_ ? ordered_json(last_) : ordered_json(nullptr); }

  private:
    bool page_is_full() const {
        return !records_.empty() && (records_.size() >= request_.limit || octets_ >= request_.octets);
    }

    const PageRequest& request_;
    bool is_full_ = false;
    ordered_json records_ = ordered_json::array();
    std::string last_;
    std::size_t octets_ = 0;
};

}  // namespace

std::optional<ordered_json> record_page(const ServedZone& zone, const PageRequest& request) {
    const Serial serial = zone.serial();
    PageSink sink(request);
    if (request.after.empty()) {
        zone.list(sink);
    } else {
        const auto after = dns::relative_to(request.after, zone.name().text());
        if (!after || !zone.list_behind(*after, sink)) return std::nullopt;
    }
    ordered_json page = {{"zone", zone.name().text()}, {"serial", serial}};
    page["next"] = sink.next();
    page["records"] = sink.take_records();
    return page;
}

}  // namespace custdkim::api
