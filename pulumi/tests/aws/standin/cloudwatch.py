"""CloudWatch: log groups, metrics out of log lines, alarms, dashboards."""

from typing import Any

from standin import tags
from standin.clients import Clients
from standin.kind import Kind, changed, pascal, picked
from standin.wire import Props


class LogGroup(Kind):
    """`aws:cloudwatch:LogGroup`; its id is its name."""

    def create(self, aws: Clients, inputs: Props) -> str:
        client, name = aws("logs"), inputs["name"]
        client.create_log_group(logGroupName=name, **({"tags": inputs["tags"]} if inputs.get("tags") else {}))
        self._retain(client, name, inputs.get("retentionInDays", 0))
        return str(name)

    def read(self, aws: Clients, id: str, inputs: Props) -> Props | None:
        listed = aws("logs").describe_log_groups(logGroupNamePrefix=id)["logGroups"]
        found = next((one for one in listed if one["logGroupName"] == id), None)
        if found is None:
            return None
        # The real provider's ARN has no ":*" at its end either, though AWS writes one.
        arn = found["arn"].removesuffix(":*")
        days = found.get("retentionInDays", 0)
        return {"arn": arn, "name": id, "retentionInDays": days, "tags": tags.read(aws, "logs", arn)}

    def update(self, aws: Clients, id: str, old: Props, new: Props) -> None:
        if changed(old, new, "retentionInDays"):
            self._retain(aws("logs"), id, new.get("retentionInDays", 0))
        if changed(old, new, "tags"):
            arn = f"arn:aws:logs:{aws.region}:{aws.account}:log-group:{id}"
            tags.change(aws, "logs", arn, old.get("tags"), new.get("tags"))

    def delete(self, aws: Clients, id: str, inputs: Props) -> None:
        aws("logs").delete_log_group(logGroupName=id)

    @staticmethod
    def _retain(client: Any, name: str, days: int) -> None:
        if days:
            client.put_retention_policy(logGroupName=name, retentionInDays=days)
        else:
            client.delete_retention_policy(logGroupName=name)


class LogMetricFilter(Kind):
    """`aws:cloudwatch:LogMetricFilter`; its id is its name, which is one in its log group."""

    def create(self, aws: Clients, inputs: Props) -> str:
        self._put(aws, inputs)
        return str(inputs["name"])

    def read(self, aws: Clients, id: str, inputs: Props) -> Props | None:
        group = inputs["logGroupName"]
        listed = aws("logs").describe_metric_filters(logGroupName=group, filterNamePrefix=id)["metricFilters"]
        found = next((one for one in listed if one["filterName"] == id), None)
        if found is None:
            return None
        transformation = found["metricTransformations"][0]
        return {
            "logGroupName": group,
            "metricTransformation": {
                "name": transformation["metricName"],
                "namespace": transformation["metricNamespace"],
                "value": transformation["metricValue"],
            },
            "name": id,
            "pattern": found["filterPattern"],
        }

    def update(self, aws: Clients, id: str, old: Props, new: Props) -> None:
        self._put(aws, new)

    def delete(self, aws: Clients, id: str, inputs: Props) -> None:
        aws("logs").delete_metric_filter(logGroupName=inputs["logGroupName"], filterName=id)

    @staticmethod
    def _put(aws: Clients, inputs: Props) -> None:
        metric = inputs["metricTransformation"]
        aws("logs").put_metric_filter(
            logGroupName=inputs["logGroupName"],
            filterName=inputs["name"],
            filterPattern=inputs["pattern"],
            metricTransformations=[
                {
                    "metricName": metric["name"],
                    "metricNamespace": metric["namespace"],
                    "metricValue": metric["value"],
                }
            ],
        )


class MetricAlarm(Kind):
    """`aws:cloudwatch:MetricAlarm`; its id is its name."""

    PLAIN = (
        "actionsEnabled", "alarmActions", "alarmDescription", "comparisonOperator", "datapointsToAlarm",
        "evaluationPeriods", "extendedStatistic", "insufficientDataActions", "metricName", "namespace", "period",
        "statistic", "threshold", "treatMissingData", "unit",
    )  # fmt: skip

    def create(self, aws: Clients, inputs: Props) -> str:
        self._put(aws, inputs)
        return str(inputs["name"])

    def read(self, aws: Clients, id: str, inputs: Props) -> Props | None:
        found = next(iter(aws("cloudwatch").describe_alarms(AlarmNames=[id])["MetricAlarms"]), None)
        if found is None:
            return None
        told = {name: found[pascal(name)] for name in self.PLAIN if pascal(name) in found}
        arn = found["AlarmArn"]
        # MiniStack forgets the queries of an alarm, and answers with the statistic it took instead; what it does not
        # know is not reported as changed.
        queries = found.get("Metrics")
        if queries:
            told["metricQueries"] = [_query_of(one) for one in queries]
        return {
            **told,
            "arn": arn,
            "dimensions": _map(found.get("Dimensions", [])),
            "name": id,
            "okActions": found.get("OKActions", []),
            "tags": tags.read(aws, "cloudwatch", arn),
        }

    def update(self, aws: Clients, id: str, old: Props, new: Props) -> None:
        if any(changed(old, new, name) for name in {*old, *new} - {"tags"}):
            self._put(aws, {name: value for name, value in new.items() if name != "tags"})
        if changed(old, new, "tags"):
            arn = f"arn:aws:cloudwatch:{aws.region}:{aws.account}:alarm:{id}"
            tags.change(aws, "cloudwatch", arn, old.get("tags"), new.get("tags"))

    def delete(self, aws: Clients, id: str, inputs: Props) -> None:
        aws("cloudwatch").delete_alarms(AlarmNames=[id])

    def _put(self, aws: Clients, inputs: Props) -> None:
        parameters = {pascal(name): value for name, value in picked(inputs, *self.PLAIN).items()}
        if "dimensions" in inputs:
            parameters["Dimensions"] = _pairs(inputs["dimensions"])
        if "okActions" in inputs:
            parameters["OKActions"] = inputs["okActions"]
        if "metricQueries" in inputs:
            parameters["Metrics"] = [_query(one) for one in inputs["metricQueries"]]
        if inputs.get("tags"):
            parameters["Tags"] = tags.pairs(inputs["tags"])
        aws("cloudwatch").put_metric_alarm(AlarmName=inputs["name"], **parameters)


class Dashboard(Kind):
    """`aws:cloudwatch:Dashboard`; its id is its name."""

    def create(self, aws: Clients, inputs: Props) -> str:
        self._put(aws, inputs)
        return str(inputs["dashboardName"])

    def read(self, aws: Clients, id: str, inputs: Props) -> Props | None:
        found = aws("cloudwatch").get_dashboard(DashboardName=id)
        return {"dashboardArn": found["DashboardArn"], "dashboardBody": found["DashboardBody"], "dashboardName": id}

    def update(self, aws: Clients, id: str, old: Props, new: Props) -> None:
        self._put(aws, new)

    def delete(self, aws: Clients, id: str, inputs: Props) -> None:
        aws("cloudwatch").delete_dashboards(DashboardNames=[id])

    @staticmethod
    def _put(aws: Clients, inputs: Props) -> None:
        client = aws("cloudwatch")
        client.put_dashboard(DashboardName=inputs["dashboardName"], DashboardBody=inputs["dashboardBody"])


def _pairs(dimensions: dict[str, str] | None) -> list[dict[str, str]]:
    return [{"Name": name, "Value": value} for name, value in (dimensions or {}).items()]


def _map(dimensions: list[dict[str, str]]) -> dict[str, str]:
    return {one["Name"]: one["Value"] for one in dimensions}


def _query(query: Props) -> Props:
    sent = {
        pascal(name): query[name] for name in ("id", "expression", "label", "period", "returnData") if name in query
    }
    if "metric" in query:
        metric = query["metric"]
        measured = {pascal(name): metric[name] for name in ("metricName", "namespace") if name in metric}
        measured["Dimensions"] = _pairs(metric.get("dimensions"))
        how = {pascal(name): metric[name] for name in ("period", "stat", "unit") if name in metric}
        sent["MetricStat"] = {"Metric": measured, **how}
    return sent


def _query_of(sent: Props) -> Props:
    query = {
        name: sent[pascal(name)]
        for name in ("id", "expression", "label", "period", "returnData")
        if pascal(name) in sent
    }
    if "MetricStat" in sent:
        measured, how = sent["MetricStat"]["Metric"], sent["MetricStat"]
        query["metric"] = {
            **{name: measured[pascal(name)] for name in ("metricName", "namespace") if pascal(name) in measured},
            **{name: how[pascal(name)] for name in ("period", "stat", "unit") if pascal(name) in how},
            "dimensions": _map(measured.get("Dimensions", [])),
        }
    return query
